"""A mistake, shown by cgitb."""
import cgitb

cgitb.enable()


def divide(by):
    return 1 / by


print("Content-Type: text/html")
print()
print(divide(0))
