"""Takes the pictures of the documentation: `make screenshots` writes docs/img/."""
