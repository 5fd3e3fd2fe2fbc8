"""What assistants add to the product."""

from product.contribution import Contribution

CONTRIBUTION = Contribution()
