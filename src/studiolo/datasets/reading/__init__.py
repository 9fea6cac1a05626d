"""Reading files of datasets and script bundles, without trusting their content."""
