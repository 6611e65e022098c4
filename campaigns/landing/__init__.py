"""Landing pages: whether the links of ads lead to a page that people can open."""
