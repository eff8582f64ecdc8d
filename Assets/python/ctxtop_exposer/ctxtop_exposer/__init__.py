"""Makes a Python agent backend (FastAPI, Starlette, any ASGI app) visible to ctxtop."""

from .exposer import Exposer
from .lifecycle import Registration

__all__ = ["Exposer", "Registration", "__version__"]
__version__ = "0.1.0"
