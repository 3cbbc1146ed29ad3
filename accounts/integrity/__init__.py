"""What must hold of accounts on a live database. `manage.py check_integrity` runs every rule."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
