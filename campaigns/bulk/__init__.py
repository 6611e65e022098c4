"""One action on many campaigns: each is judged alone by the function of the single action, and answers for itself.

What a person decides about is bound: the list posts the version of each row, the page that asks posts the hash of each
content, and a campaign that is another one by then is left as it is.
"""
