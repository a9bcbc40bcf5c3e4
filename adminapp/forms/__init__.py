"""Forms made from declarations: the form of a case, and the form of an action. Both use the field kinds' own inputs."""

from adminapp.forms.action import ActionForm, build_action_form, build_fields_form
from adminapp.forms.case import CaseForm, build_form, village_choices
from adminapp.forms.declared import Context

__all__ = ["ActionForm", "CaseForm", "Context", "build_action_form", "build_fields_form", "build_form", "village_choices"]
