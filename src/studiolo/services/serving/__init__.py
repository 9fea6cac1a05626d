"""Services while they are served: endpoints, their versions and the requests to them."""
