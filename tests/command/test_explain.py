from support import main
main()
