"""Files on the disk: written whole or not at all, and kept inside the folder they belong to."""
