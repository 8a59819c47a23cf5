# The types of the self-test.
MODULES: tuple[str, ...]

def run_tests(terminate: bool = False) -> bool: ...
