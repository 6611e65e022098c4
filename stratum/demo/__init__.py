"""`make demo`: the whole main job through the product's own pages over HTTP, each step by the person whose step it is."""
