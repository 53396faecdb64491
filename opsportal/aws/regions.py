"""Which regions there are, as far as the installed botocore knows."""

from functools import cache


@cache
def known_regions() -> frozenset[str]:
    """The names of the regions of every partition of AWS; newer ones than botocore are missing."""
    import botocore.session  # asked before production only; the web tier serves without it

    session = botocore.session.get_session()
    return frozenset(
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("sts", partition)
    )
