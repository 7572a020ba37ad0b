from adastft.train_env import main
if __name__ == "__main__": main()
