module hostile-guests

go 1.24
