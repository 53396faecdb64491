"""The simulated AWS, the simulated web sites, the scenarios and the sample world: a door of the portal, never a mode.

The portal reaches it over HTTP exactly as it reaches AWS. Nothing in the portal imports this package; the server
process does not import Django.
"""
