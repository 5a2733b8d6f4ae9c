"""Request and response bodies. The pages' TypeScript types are generated from these by OpenAPI."""
