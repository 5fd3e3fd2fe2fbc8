"""Reports and goals as workbooks that people take to meetings: figures, tables with number formats, and native charts."""
