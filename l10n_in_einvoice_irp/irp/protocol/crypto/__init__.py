"""The protocol's encryption, and the keys in the shapes in which portals issue them."""
