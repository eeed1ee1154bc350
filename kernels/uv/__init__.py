"""The scalar potential and the seesaw of the heavy partners."""
