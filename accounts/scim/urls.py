"""URLs of SCIM."""

from django.urls import path

from accounts.scim.views import discovery, groups, users

urlpatterns = [
    path("ServiceProviderConfig", discovery.Configuration.as_view(), name="scim_configuration"),
    path("ResourceTypes", discovery.ResourceTypes.as_view(), name="scim_resource_types"),
    path("ResourceTypes/<str:pk>", discovery.ResourceTypes.as_view(), name="scim_resource_type"),
    path("Schemas", discovery.Schemas.as_view(), name="scim_schemas"),
    path("Schemas/<str:pk>", discovery.Schemas.as_view(), name="scim_schema"),
    path("Users", users.Users.as_view(), name="scim_users"),
    path("Users/<str:pk>", users.OneUser.as_view(), name="scim_user"),
    path("Groups", groups.Groups.as_view(), name="scim_groups"),
    path("Groups/<str:pk>", groups.OneGroup.as_view(), name="scim_group"),
    path("<path:rest>", discovery.Unknown.as_view(), name="scim_unknown"),
]
