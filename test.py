"Test a trained classifier: the command `adastft_test`."
import sys

try:
    from adastft.inference import main
except ModuleNotFoundError as e:
    print(f"error: {e.name} is missing: pip install -e '.[train]'", file=sys.stderr)
    sys.exit(2)

if __name__ == "__main__": main()
