from adastft.inference import main
if __name__ == "__main__": main()
