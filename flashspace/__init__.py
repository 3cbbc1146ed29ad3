"""FlashSpace: flexible workspace as one Django project behind five documented APIs."""

__version__ = "1.0.0"
