"""Ways to begin a campaign from something that is there: a campaign of another account, a template, a saved audience."""
