"""Data that libraries expect to find: NLTK's corpora, kept in a workspace for its scripts."""
