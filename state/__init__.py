"""The memory: one Store protocol, its implementation over SQLAlchemy Core, and the migrations."""
