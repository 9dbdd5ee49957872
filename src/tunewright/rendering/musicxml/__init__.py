"""MusicXML 4.0 of tunes, partwise, written from the events of `tunewright.notation`."""
