// All style sheets, in the order in which they count.
import 'uplot/dist/uPlot.min.css'
import './style/tokens.css'
import './style/base.css'
import './style/shell.css'
import './style/parts.css'
import './style/table.css'
import './style/screens.css'
