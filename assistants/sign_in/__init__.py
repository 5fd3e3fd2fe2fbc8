"""How an assistant is connected by its address alone: OAuth 2.1 as the Model Context Protocol asks for it."""
