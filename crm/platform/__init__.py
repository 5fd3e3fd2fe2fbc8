"""The lowest floor: settings, server, jobs, web, files, Excel, audit and monitoring. It knows no field and no record."""
