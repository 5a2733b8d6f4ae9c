"""Page drivers: what a person does on a page. Tests speak to these and never to selectors."""
