"""The engine and its pool, the private local server, migrations, and the loader of `.sql` files."""
