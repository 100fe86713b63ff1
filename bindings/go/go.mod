module tsmparse

go 1.23
