from consultants.admin.consultants import ConsultantAdmin

__all__ = ["ConsultantAdmin"]
