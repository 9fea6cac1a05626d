"""The canvas's view of a workspace: experiments to draw, edits, events, samples."""
