"""How many files this process and those that it starts may have open."""

import resource


def allow(count):
    """Raises the limit to count if that is permitted."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= count:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, max(hard, count) if hard != resource.RLIM_INFINITY else hard))
    except (ValueError, PermissionError) as problem:
        raise RuntimeError(f"{count} open files are needed and {hard} allowed: ulimit -n {count} as root, then again") from problem
