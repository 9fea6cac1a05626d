"""A client of web services: frames in, frames out."""
