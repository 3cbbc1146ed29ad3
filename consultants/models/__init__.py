from consultants.models.consultants import Consultant

__all__ = ["Consultant"]
