"""URLs of SCIM."""

from django.urls import path

from accounts.scim.schemas import RESOURCE_TYPES, SCHEMAS
from accounts.scim.views import discovery, groups, users

types = discovery.Described.as_view(name="ResourceTypes", one="ResourceType", found=RESOURCE_TYPES)
schemas = discovery.Described.as_view(name="Schemas", one="Schema", found=SCHEMAS)

urlpatterns = [
    path("ServiceProviderConfig", discovery.Configuration.as_view(), name="scim_configuration"),
    path("ResourceTypes", types, name="scim_resource_types"),
    path("ResourceTypes/<str:pk>", types, name="scim_resource_type"),
    path("Schemas", schemas, name="scim_schemas"),
    path("Schemas/<str:pk>", schemas, name="scim_schema"),
    path("Users", users.Users.as_view(), name="scim_users"),
    path("Users/<str:pk>", users.OneUser.as_view(), name="scim_user"),
    path("Groups", groups.Groups.as_view(), name="scim_groups"),
    path("Groups/<str:pk>", groups.OneGroup.as_view(), name="scim_group"),
    path("<path:rest>", discovery.Unknown.as_view(), name="scim_unknown"),
]
