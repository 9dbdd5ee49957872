"""Texts of a tune as abcjs reads them rightly: one to be engraved, one to be played."""
