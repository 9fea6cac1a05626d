"""What a canvas asks of a workspace: experiments to draw, edits, events, samples."""
