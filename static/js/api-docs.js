/* The API page: Swagger UI from our own files, with our own schema. */
const place = document.getElementById("docs");

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  validatorUrl: null,
  // Tokens aren't kept after the page is closed.
  persistAuthorization: false,
});
