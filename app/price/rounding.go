package price

import "cassacomune/app/money"

// halfUp divides and rounds to the nearest whole, halves up: the rounding of
// amounts to the cent. The numerator is not negative.
func halfUp(numerator, denominator int64) money.Cents {
	q, r := numerator/denominator, numerator%denominator
	if r >= denominator-r {
		q++
	}
	return money.Cents(q)
}

// wholeEuro rounds to the euro: up to 49 cents down, from 50 up (law 296 of
// 2006, art. 1, c. 166).
func wholeEuro(c money.Cents) money.Cents { return halfUp(int64(c), 100) * 100 }
