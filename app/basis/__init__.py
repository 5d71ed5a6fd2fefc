"""The governing text (依据): 阳安办发〔2025〕39号, public, so that a form's 依据：一（二） leads to its words."""
