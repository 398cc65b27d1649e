"""One module per notebook is the catalogue; the folders beside them are the machinery."""
