"""The command line as ``python -m tunewright``."""

from tunewright.cli.main import main

if __name__ == "__main__":
    main()
