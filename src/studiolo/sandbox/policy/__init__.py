"""What a run may do, and the filters and numbers that this becomes for the kernel."""
